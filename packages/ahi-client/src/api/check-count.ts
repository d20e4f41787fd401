/**
 * Checks that an option is a whole number of at least `least`.
 *
 * @throws {TypeError} if it is not
 */
export function checkCount(value: number, option: string, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new TypeError(`Expected \`${option}\` to be a whole number of at least ${least}, got ${String(value)}`)
}
