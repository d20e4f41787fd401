/** Permissions that new files and folders get. Windows has none of them. */
export interface Modes {
  readonly file: number
  readonly folder: number
  /** Whether they hold whatever the umask of the process is. */
  readonly isExact: boolean
}

/** Files hold data of patients: the user alone reads them, unless something else is asked for. */
export const privateModes: Modes = { file: 0o600, folder: 0o700, isExact: false }

const allPermissions = 0o777
const ownersPermissions = 0o600
const readPermissions = 0o444

/**
 * Returns the permissions for files of a mode. Whoever may read files may open folders.
 *
 * @throws {TypeError} for a mode with which the owner could not read and write, or with more than permissions
 */
export function modesOf(mode: number | undefined): Modes {
  if (mode === undefined) return privateModes
  const isMode = Number.isInteger(mode) && mode >= 0 && mode <= allPermissions
  if (!isMode || (mode & ownersPermissions) !== ownersPermissions) {
    const shown = Number.isInteger(mode) ? `0o${mode.toString(8)}` : String(mode)
    throw new TypeError(`Expected the \`mode\` option to let the owner read and write, such as 0o640, got \`${shown}\``)
  }
  return { file: mode, folder: mode | ((mode & readPermissions) >> 2), isExact: true }
}
