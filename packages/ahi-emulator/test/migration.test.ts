import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { expect, test } from 'vitest'
import { datastoreUrl, getJson } from './support/dicomweb.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

test('a folder of version 3 gets what DICOMweb searches need from its documents', async () => {
  const data = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
  const attributes = { ReferringPhysicianName: 'Doe^Jo', PatientBirthTime: '0700', SeriesDescription: 'Scout' }
  const first = await startEmulator({ data })
  await first.importDicom([secondaryCapture(attributes)])
  await first.addSyntheticImageSets()
  await first.close()
  toVersion3(join(data, 'ahi-emulator.sqlite'))
  const second = await startEmulator({ data })
  const search = `${datastoreUrl(second)}/series?ReferringPhysicianName=doe*&PatientBirthTime=07`
  expect(await getJson(search)).toMatchObject([{ '0008103E': { vr: 'LO', Value: ['Scout'] } }])
  expect(await getJson(`${datastoreUrl(second)}/series`)).toHaveLength(2)
  await second.close()
  await rm(data, { recursive: true })
})

function toVersion3(path: string): void {
  const database = new DatabaseSync(path)
  database.exec(`
    DROP INDEX primary_image_sets_by_update;
    DROP INDEX primary_image_sets_by_series_number;
    ALTER TABLE image_sets DROP COLUMN patient_birth_time;
    ALTER TABLE image_sets DROP COLUMN referring_physician_name;
    ALTER TABLE image_sets DROP COLUMN series_description;
    PRAGMA user_version = 3;
  `)
  database.close()
}
