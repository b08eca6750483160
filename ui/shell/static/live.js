// Asks every second whether anything is new: then the page asks for itself again. It is loaded anew when the server, or who looks, is
// not the one that it was made for; where nothing answers but a proxy, it stays.
const EVERY = 1000;
const KEPT = 'q-session';
const timers = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  clearInterval(timers.get(parentElement));
  const address = new URL(`../../../${data.address}`, import.meta.url);
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(address, { cache: 'no-store' }).catch(() => null);
    if (!parentElement.isConnected || !(answer?.ok || answer?.status === 404)) return;
    const { state, session } = answer.ok ? await answer.json() : { session: '' };
    const isSame = session === data.session;
    const isTried = sessionStorage.getItem(KEPT) === session;
    sessionStorage.setItem(KEPT, session);
    if (!isSame && !isTried) location.reload();
    if (isSame && state !== data.state) setTriggerValue('moved', state);
  };
  const timer = setInterval(look, EVERY);
  timers.set(parentElement, timer);
  return () => clearInterval(timer);
}
