const root = document.documentElement;
root.lang = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
document.getElementById("ui").addEventListener("click", () => {
  root.lang = root.lang === "zh" ? "en" : "zh";
});
