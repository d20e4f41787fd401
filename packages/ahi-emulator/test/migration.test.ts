import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { expect, test } from 'vitest'
import { schema } from '../src/store/schema.ts'
import { datastoreUrl, getJson } from './support/dicomweb.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

test('fills the columns of DICOMweb searches from the documents of a version 3 folder', async () => {
  const data = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
  const attributes = { ReferringPhysicianName: 'Doe^Jo', PatientBirthTime: '0700', SeriesDescription: 'Scout' }
  const first = await startEmulator({ data })
  await first.importDicom([secondaryCapture(attributes)])
  await first.addSyntheticImageSets()
  await first.close()
  await toVersion3(join(data, 'ahi-emulator.sqlite'))
  const second = await startEmulator({ data })
  const search = `${datastoreUrl(second)}/series?ReferringPhysicianName=doe*&PatientBirthTime=07`
  expect(await getJson(search)).toMatchObject([{ '0008103E': { vr: 'LO', Value: ['Scout'] } }])
  expect(await getJson(`${datastoreUrl(second)}/series`)).toHaveLength(2)
  await second.close()
  await rm(data, { recursive: true })
})

/** Replaces a database by one of version 3, with the data of the tables and columns that version 3 has. */
async function toVersion3(path: string): Promise<void> {
  const old = new DatabaseSync(`${path}.old`)
  old.exec(schema)
  old.prepare('ATTACH ? AS current').run(path)
  old.exec('PRAGMA foreign_keys = OFF')
  for (const row of old.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'").all()) {
    const name = String(row['name'])
    const columns = old.prepare('SELECT name FROM pragma_table_info(?)').all(name)
    const list = columns.map((column) => column['name']).join(', ')
    old.exec(`INSERT INTO main.${name} (${list}) SELECT ${list} FROM current.${name}`)
  }
  old.exec('DETACH current; PRAGMA user_version = 3')
  old.close()
  await rename(`${path}.old`, path)
}
