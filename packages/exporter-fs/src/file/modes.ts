/** Permissions of new files and folders. Windows ignores them. */
export interface Modes {
  readonly file: number
  readonly folder: number
  /** True if the permissions apply whatever the umask is. False if the umask reduces them. */
  readonly isExact: boolean
}

/** The default: files contain patient data, so only the user can read them. */
export const privateModes: Modes = { file: 0o600, folder: 0o700, isExact: false }

const allPermissions = 0o777
const ownersPermissions = 0o600
const readPermissions = 0o444

/**
 * Returns the permissions for a `mode` option. Everyone who can read the files can open the folders too.
 *
 * @throws {TypeError} if the mode does not let the owner read and write, or has bits other than permissions
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
