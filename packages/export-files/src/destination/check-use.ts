import { OutputError } from '../errors.ts'
import type { Destination, DestinationUse } from './destination.ts'

/**
 * Refuses a use that a destination is not made for.
 *
 * @throws {OutputError} OUTPUT_UNSUPPORTED, with what to do instead
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
  pictures: 'write pictures to',
  dicomdir: 'write a DICOMDIR to',
}
