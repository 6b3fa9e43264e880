// The answer is good for minutes, so it is sent at once; without scripts there is a button.
document.getElementById("picked").submit();
