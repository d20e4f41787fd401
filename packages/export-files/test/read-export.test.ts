import { createFormats, pageName, readExport, verifyExport } from '@ahi-dicom/export-files'
import { expect, test } from 'vitest'
import { instanceDouble } from './instance-double.ts'
import { memoryDestination } from './memory-destination.ts'
import { openExport } from './open-export.ts'

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

test('reads files, failures and warnings, and hides parts of paths that may name a patient', async () => {
  const destination = memoryDestination()
  {
    await using run = await openExport(destination, { layout: '{PatientName}/{SOPInstanceUID}' })
    await run.export(instanceDouble({ sopInstanceUid: '1.2.3.4.5', attributes: { PatientName: 'Doe^Jane' } }))
  }
  const code = 'FRAME_MISSING'
  await destination.record.write(
    'errors.ndjson',
    Buffer.from(
      `${JSON.stringify({ code, message: 'gone', sopInstanceUid: '1.2', imageSetId: 7 })}\nnull\n{"code":1}\n`,
    ),
  )
  using contents = await readExport(destination)
  expect(await all(contents.files())).toMatchObject([{ path: 'Doe^Jane/1.2.3.4.5.dcm', shownPath: '*/1.2.3.4.5.dcm' }])
  expect(await all(contents.failures())).toEqual([{ code, message: 'gone', sopInstanceUid: '1.2', retryable: false }])
  expect(await all(contents.warnings())).toEqual([])
  expect(contents.outcomes).toHaveLength(1)
})

test('a report page is not a file of the export, and is ignored', async () => {
  const destination = memoryDestination()
  {
    await using run = await openExport(destination, { layout: '{PatientName}', formats: createFormats(['dcm']) })
    await run.export(instanceDouble({ attributes: { PatientName: 'index' } }))
    await run.export(instanceDouble({ sopInstanceUid: '1.2.3.4.9', attributes: { PatientName: 'index.html' } }))
  }
  expect(destination.files.has(pageName)).toBe(false)
  destination.files.set(pageName, Buffer.from('<!doctype html>'))
  destination.files.set('other.html', Buffer.from('<!doctype html>'))
  const events = await all(verifyExport(destination))
  expect(
    events.flatMap((event) => (event.kind === 'problem' && event.problem === 'unlisted' ? [event.path] : [])),
  ).toEqual(['other.html'])
})
