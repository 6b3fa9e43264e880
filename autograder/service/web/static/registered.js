// Tells the LMS that dynamic registration is done; it then closes this page.
const button = document.getElementById("close");
button.hidden = false;
button.addEventListener("click", () => {
  (window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
});
