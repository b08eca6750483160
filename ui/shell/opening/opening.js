// Streamlit's own scripts would look for their server below the page's address first, and wait before they look here.
(() => {
  const root = new URL("..", document.currentScript.src);
  window.__streamlit = {
    BACKEND_BASE_URL: root.href,
    HOST_CONFIG: { allowedOrigins: [root.origin], useExternalAuthToken: false },
  };
})();
