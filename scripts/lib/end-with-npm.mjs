const LOOK_EVERY_MS = 500;

/**
 * Ends this process when the npm that runs it is gone: `kill -9` of `npm start` would otherwise leave it running
 * where nobody sees it. Started without npm, it may outlive whoever started it.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  timer.unref();
}
