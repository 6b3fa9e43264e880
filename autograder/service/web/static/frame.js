// In a frame some browsers withhold our cookie. Where it is kept, sign-in goes on by itself.
const ask = document.getElementById("ask");
document.cookie = "lti-test=1; Path=/lti/; Max-Age=60; Secure; SameSite=None; Partitioned";
if (document.cookie.includes("lti-test=1")) {
  ask.hidden = true;
  document.getElementById("wait").hidden = false;
  window.location.replace(document.getElementById("next").href);
}
