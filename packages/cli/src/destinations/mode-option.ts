import { Option } from 'commander'
import { parseFileMode } from '../options/option-values.ts'

/** Permissions of new files on this machine. */
export interface ModeOptions {
  readonly mode?: number
}

/** Returns the option of destinations that are files of this machine. */
export function modeOption(): Option {
  const help = 'permissions of new files, such as 0640 (default: the user alone)'
  return new Option('--mode <octal>', help).argParser(parseFileMode)
}
