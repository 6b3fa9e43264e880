// Follows the grading of one attempt, and shows the verdict when it is there.
const live = document.getElementById("live");
const told = document.getElementById("told");
const questions = document.getElementById("live-questions");
let last = "";

const say = (text) => {
  // A screen reader speaks each change: only what is news is written.
  if (text !== last) told.textContent = last = text;
};
const showVerdict = async () => {
  const answer = await fetch(location.href);
  if (!answer.ok) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const outcome = page.getElementById("outcome");
  const sum = outcome.querySelector("#sum, .bad, p");
  document.getElementById("outcome").replaceWith(outcome);
  if (sum) {
    sum.tabIndex = -1;
    sum.focus();
  }
};
const source = new EventSource(live.dataset.events);
source.addEventListener("progress", (event) => {
  const now = JSON.parse(event.data);
  if (now.state === "waiting") {
    const before = now.ahead === 1 ? "1 notebook is" : `${now.ahead} notebooks are`;
    say(`Waiting: ${before} before yours. The verdict should be there in ${now.wait || "a moment"}.`);
  } else if (now.state === "running") {
    say("Your notebook is being graded.");
  } else if (now.state === "question") {
    const line = document.createElement("li");
    line.textContent = `${now.question}: ${now.points} of ${now.max_points}`;
    questions.append(line);
  } else {
    source.close();
    showVerdict();
  }
});
