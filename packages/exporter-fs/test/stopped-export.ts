import { folderDestination } from '@ahi-dicom/exporter-fs'
import { instanceDouble } from '../../export-files/test/instance-double.ts'
import { openExport } from '../../export-files/test/open-export.ts'

/**
 * Run by crash.test.ts. Writes and records ten instances in the given folder; the record notes seven of them as flushed. Then it
 * writes half of an eleventh instance, prints "halfway" and waits to be killed.
 */
const [, , directory = ''] = process.argv
const running = await openExport(folderDestination({ directory }), { mode: 'resume' })

for (let number = 1; number <= 10; number++) {
  await running.export(
    instanceDouble({ sopInstanceUid: `1.2.${number}`, chunks: [new Uint8Array(number * 1000).fill(1)] }),
  )
  if (number === 7) await running.flush()
}
await running.write(instanceDouble({ sopInstanceUid: '1.2.11', chunks: halfOfAFile() }))

async function* halfOfAFile(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1 << 20)
  process.stdout.write('halfway')
  await new Promise((resolve) => setTimeout(resolve, 600_000))
}
