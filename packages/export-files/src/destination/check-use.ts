import { OutputError } from '../errors.ts'
import type { Destination, DestinationUse } from './destination.ts'

/**
 * Checks that a destination supports a use, such as `resume` or `verify`.
 *
 * @throws {OutputError} OUTPUT_UNSUPPORTED if it does not. The message says what to do instead.
 * @example
 * import { checkUse } from '@ahi-dicom/export-files'
 *
 * checkUse(exported, 'verify') // throws if it cannot be read
 */
export function checkUse({ name, cannot }: Pick<Destination, 'name' | 'cannot'>, use: DestinationUse): void {
  const why = cannot?.[use]
  if (why === undefined) return
  throw new OutputError('OUTPUT_UNSUPPORTED', `Cannot ${actions[use]} "${name}": ${why}`, { path: name })
}

const actions: Readonly<Record<DestinationUse, string>> = {
  resume: 'resume an export into',
  sync: 'bring up to date',
  verify: 'verify',
  pictures: 'write pictures or volumes to',
  dicomdir: 'write a DICOMDIR to',
}
