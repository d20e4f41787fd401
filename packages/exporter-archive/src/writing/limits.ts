/** Files hold data of patients: the user alone reads them, unless something else is asked for. */
export const privateMode = 0o600

/** Memory for files that are not in an archive yet. */
export const usualMemory: number = 32 * 2 ** 20

/** @throws {TypeError} for a mode with which the owner could not read and write, or with more than permissions */
export function checkMode(mode: number): void {
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o777 && (mode & privateMode) === privateMode) return
  const shown = Number.isInteger(mode) ? `0o${mode.toString(8)}` : String(mode)
  throw new TypeError(`Expected the \`mode\` option to let the owner read and write, such as 0o640, got \`${shown}\``)
}

/** @throws {TypeError} for what is no number of bytes */
export function checkMemory(maxMemory: number): void {
  if (Number.isFinite(maxMemory) && maxMemory >= 0) return
  throw new TypeError(`Expected the \`maxMemory\` option to be a number of bytes, got \`${maxMemory}\``)
}
