import { setTimeout } from 'node:timers/promises'
import { OutputError } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { openExport } from '../../export-files/test/open-export.ts'

/**
 * Run by lock.test.ts. Exports into the given folder until it is killed or fails. Prints "locked" when it holds the lock, and
 * the code and message of its failure.
 */
const [, , directory = ''] = process.argv
try {
  await using running = await openExport(folderDestination({ directory }), { mode: 'resume' })
  for (let count = 0; ; count++) {
    await running.record.fail({ datastoreId: String(process.pid), code: 'X', message: 'x', retryable: false })
    if (count === 0) process.stdout.write('locked\n')
    await setTimeout(50)
  }
} catch (error) {
  process.stdout.write(error instanceof OutputError ? `${error.code}\n${error.message}\n` : `${String(error)}\n`)
}
