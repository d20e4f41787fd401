/**
 * Imports image sets into the folder given as argument, then copies, updates and deletes them endlessly. Prints after
 * the first modifications. Meant to be killed.
 */
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import type { ImageSetPlace } from './client.ts'
import { copy, post, remove, update } from './modify.ts'
import { secondaryCapture } from './secondary-capture.ts'

const [data = ''] = process.argv.slice(2)
const emulator = await startEmulator({ data })
const { endpoint, datastoreId } = emulator
for (let turn = 0; ; turn += 1) {
  if (turn === 3) process.stdout.write('modifying\n')
  const series = { SeriesInstanceUID: `2.25.${turn}`, SOPInstanceUID: `2.25.${turn}.1` }
  const { imageSets } = await emulator.importDicom([secondaryCapture(series)])
  const place = { endpoint, datastoreId, imageSetId: imageSets[0]?.imageSetId ?? '' }
  const { json } = await copy(place)
  const copied = { ...place, imageSetId: Object(json['destinationImageSetProperties']).imageSetId }
  await requireUnlocked(place)
  await requireUnlocked(copied)
  await update(copied, { updatable: { Study: { DICOM: { StudyDescription: `turn ${turn}` } } } })
  await remove(place)
}

async function requireUnlocked(place: ImageSetPlace): Promise<void> {
  while ((await post(place, 'getImageSet')).json['imageSetState'] === 'LOCKED');
}
