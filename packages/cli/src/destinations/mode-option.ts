import { Option } from 'commander'
import { parseFileMode } from '../options/option-values.ts'

/** Permissions of new local files. */
export interface ModeOptions {
  readonly mode?: number
}

/** Returns the option `--mode`, for destinations that are local files. */
export function modeOption(): Option {
  const help = 'permissions of new files, such as 0640 (default: only the user has access)'
  return new Option('--mode <octal>', help).argParser(parseFileMode)
}
