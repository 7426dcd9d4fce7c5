// Before the first paint, so that nobody who works in the dark is flashed.
(function () {
	var root = document.documentElement;
	try {
		var kept = JSON.parse(localStorage.getItem('fairlead.appearance') || '{}');
		var dark = matchMedia('(prefers-color-scheme: dark)').matches;
		if (kept.theme === 'dark' || (kept.theme !== 'light' && dark)) root.classList.add('dark');
		if (kept.density) root.dataset.density = kept.density;
	} catch {
		// Storage may be closed to us; the light default stands.
	}
})();
