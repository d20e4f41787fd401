/**
 * Requests a copy, an update and a deletion in the folder given as argument, which are accepted but not applied. Prints
 * the image sets. Meant to be killed.
 */
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { copy, destinationOf, holdWrites, remove, update } from './modify.ts'
import { secondaryCapture } from './secondary-capture.ts'

const [data = ''] = process.argv.slice(2)
const emulator = await startEmulator({ data })
const { endpoint, datastoreId } = emulator
const files = [1, 2, 3, 4].map((number) =>
  secondaryCapture({ SeriesInstanceUID: `2.25.${number}`, SOPInstanceUID: `2.25.${number}.1` }),
)
const { imageSets } = await emulator.importDicom(files)
const [copied, updated, failing, deleted] = imageSets.map(({ imageSetId }) => ({ endpoint, datastoreId, imageSetId }))
if (copied === undefined || updated === undefined || failing === undefined || deleted === undefined)
  throw new Error('expected four image sets')
await holdWrites(emulator)
const destination = destinationOf(copied, await copy(copied))
await update(updated, { updatable: { Study: { DICOM: { StudyDescription: 'NEW' } } } })
await update(failing, { removable: { Study: { DICOM: { StudyDescription: 'NEW' } } } })
await remove(deleted)
process.stdout.write(JSON.stringify({ copied, destination, updated, failing, deleted }))
