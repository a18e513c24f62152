// Before the first paint, so that a page that was switched to dark doesn't flash.
try {
  const theme = localStorage.getItem('bpsc-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden here: the system's choice stands.
}
