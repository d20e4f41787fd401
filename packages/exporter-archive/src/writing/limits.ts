/** Default permissions. Files contain patient data, so only their owner can read them. */
export const privateMode = 0o600

/** Default memory for files that are not in an archive yet, in bytes. */
export const usualMemory: number = 32 * 2 ** 20

/** @throws {TypeError} if the owner could not read and write, or if there are bits other than permissions */
export function checkMode(mode: number): void {
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o777 && (mode & privateMode) === privateMode) return
  const shown = Number.isInteger(mode) ? `0o${mode.toString(8)}` : String(mode)
  throw new TypeError(`Expected the \`mode\` option to let the owner read and write, such as 0o640, got \`${shown}\``)
}

/** @throws {TypeError} if it is not a finite number of at least 0 */
export function checkMemory(maxMemory: number): void {
  if (Number.isFinite(maxMemory) && maxMemory >= 0) return
  throw new TypeError(`Expected the \`maxMemory\` option to be a number of bytes, got \`${maxMemory}\``)
}
