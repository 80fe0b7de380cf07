/** What a keeper is told to run, and how to end it. */
export interface KeeperOrder {
  command: string;
  args: string[];
  /** The name the child is given in the list of processes, if not `command`. */
  argv0?: string;
  cwd: string;
  env: Record<string, string | undefined>;
  uid?: number;
  gid?: number;
  /** Where the child's output is appended. */
  logFile: string;
  /** Signals sent one after the other, each with the milliseconds it is given before the next. */
  endWith: [NodeJS.Signals, number][];
  /** Signal the child's whole process group: for a child that starts others. */
  signalGroup?: boolean;
}
