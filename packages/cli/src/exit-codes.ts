/** What the exit status of `ahi-dicom` tells. No other status is used. */
export const exitCodes = {
  /** All that was asked for is done and, where frames were written, verified. */
  ok: 0,
  /**
   * Some items failed or do not exist: `errors.ndjson` of an export names them. `verify` found something wrong, or an export
   * that is not complete. `diff` found differences, or files that it could not compare.
   */
  someFailed: 1,
  /** The command line is wrong: nothing was done. */
  usage: 2,
  /** Nothing matched the selection; nothing to import, nothing to compare. */
  nothingSelected: 3,
  /** Pixels did not match the checksum that AHI keeps of them. */
  checksumMismatch: 4,
  /** Only failures are left that may pass by themselves (throttling, time-outs, connections), or AHI or the destination is away. */
  retryable: 5,
  /** All that was selected is exported, and the frames of some instances could not be verified. */
  unverified: 6,
  /** The job cannot go on: credentials, permission, disk full, a record that is gone, another export in the folder. */
  fatal: 7,
  /** Stopped by SIGINT or SIGTERM before everything was done. */
  interrupted: 130,
} as const

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The exit codes as the help of the command lists them. */
export const exitCodesHelp = `Exit codes:
  0    done; an export is complete, and verified unless --no-verify turned that off
  1    some items failed or do not exist (an export names them in errors.ndjson);
       verify: files or record are damaged, or the export is incomplete
       diff: the folders differ, or something could not be compared
  2    the command line is wrong; nothing was done
  3    nothing was selected, nothing to import; diff: a folder has no DICOM instance
  4    pixels did not match their checksum
  5    only temporary failures are left, or AHI or the destination is away: run it again
  6    exported, but some instances could not be verified (warnings.ndjson names them)
  7    fatal: credentials, permission, disk full, a record that is gone, another export in the folder
  130  interrupted before everything was done`
