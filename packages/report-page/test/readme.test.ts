import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFormats, openRecord } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import * as reportPage from '@ahi-dicom/report-page'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))

test('exports what the README names', () => {
  expect(Object.keys(reportPage).sort()).toEqual(['encodeReport', 'pageMark'])
})

test('the code of the README writes a page', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'report-page-'))
  try {
    const destination = folderDestination({ directory })
    await destination.open()
    const record = await openRecord(destination, { mode: 'new', formats: createFormats(['dcm']) })
    await record.close({ outcome: 'complete' })
    await destination.close()
    const example = /^```js\n(.*?)^```/msu.exec(readFileSync(`${folder}README.md`, 'utf8'))?.[1] ?? ''
    const program = `${example.replace('export ', '')}\nawait writePage(${JSON.stringify(directory)})`
    const run = ['--conditions=@ahi-dicom/source', '--input-type=module', '--eval', program]
    execFileSync(process.execPath, run, { cwd: folder })
    expect(readFileSync(join(directory, 'index.html'), 'utf8')).toContain(reportPage.pageMark)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
