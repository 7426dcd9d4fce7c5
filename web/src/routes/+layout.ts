// Everything is drawn in the browser; the server only knows data.
export const ssr = false;
export const prerender = false;
