import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 500;

/**
 * Ends this process when the npm that runs it is gone: `kill -9` of `npm start` would otherwise leave it running
 * where nobody sees it. Started without npm, it may outlive whoever started it.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const shell = isShell(process.ppid) ? process.ppid : undefined;
  const npm = () => (shell === undefined ? process.ppid : parentOf(shell));
  const first = npm();
  const timer = setInterval(() => {
    if (npm() === first) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** npm runs a script by `sh -c`; some shells stay between, others (macOS) make way for the command. */
function isShell(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[1] === '-c';
  } catch {
    return false;
  }
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
