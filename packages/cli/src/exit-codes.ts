/** Exit codes of `ahi-dicom`. It uses no others. */
export const exitCodes = {
  /** Done. All frames that were written are verified, unless `--no-verify` turned that off. */
  ok: 0,
  /**
   * Some items failed or do not exist. An export names them in `errors.ndjson`. `verify`: a file or the record is damaged, or
   * the export is incomplete. `diff`: there are differences, or files that could not be compared.
   */
  someFailed: 1,
  /** The command line is wrong: nothing was done. */
  usage: 2,
  /** Nothing matched the selection, or there was nothing to import or to compare. */
  nothingSelected: 3,
  /** Decoded pixels did not match AHI's checksum. */
  checksumMismatch: 4,
  /** Only temporary failures are left (throttling, time-outs, connections), or AHI or the destination is unavailable. */
  retryable: 5,
  /** Everything was exported, but the frames of some instances could not be verified. */
  unverified: 6,
  /** The job cannot continue: credentials, permission, a full disk, a lost record, another export in the folder. */
  fatal: 7,
  /** SIGINT or SIGTERM stopped the command before it was done. */
  interrupted: 130,
} as const

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The exit codes as the help of the command lists them. */
export const exitCodesHelp = `Exit codes:
  0    done; an export is complete and verified (not verified with --no-verify)
  1    some items failed or do not exist (an export names them in errors.ndjson);
       verify: a file or the record is damaged, or the export is incomplete
       diff: the folders differ, or files could not be compared
  2    the command line is wrong; nothing was done
  3    nothing matched, or there was nothing to import; diff: a folder has no DICOM instance
  4    decoded pixels did not match AHI's checksum
  5    only temporary failures are left, or AHI or the destination is unavailable: run it again
  6    exported, but some instances could not be verified (warnings.ndjson names them)
  7    fatal: credentials, permission, disk full, record lost, another export in the folder
  130  interrupted before everything was done`
