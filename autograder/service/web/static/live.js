// Every part with data-live follows what the server has; what is being read keeps its place.
const SECONDS = 10;
const note = document.getElementById("live");
if (note) note.hidden = false;

async function follow() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { "x-follows": "yes" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    // A part in which somebody is using a link or a button is left alone.
    if (!other || part.contains(document.activeElement) || part.innerHTML === other.innerHTML) continue;
    const left = part.querySelector(".scroll")?.scrollLeft ?? 0;
    part.replaceChildren(...other.childNodes);
    const scroll = part.querySelector(".scroll");
    if (scroll) scroll.scrollLeft = left;
  }
}

setInterval(() => follow().catch(() => {}), SECONDS * 1000);
