import { directorySink } from '@ahi-dicom/exporter-fs'
import { entryOf, instanceDouble } from './instance-double.ts'

/**
 * Run by crash.test.ts: writes and journals ten instances into the folder named, then half of an eleventh, prints
 * "halfway" and waits to be killed.
 */
const [, , directory = ''] = process.argv
const sink = directorySink({ directory, mode: 'resume' })
await sink.open()

for (let number = 1; number <= 10; number++) {
  const instance = instanceDouble({ sopInstanceUid: `1.2.${number}`, chunks: [new Uint8Array(number * 1000)] })
  for (const file of await sink.write(instance)) await sink.journal(entryOf(instance, file))
}
await sink.write(instanceDouble({ sopInstanceUid: '1.2.11', chunks: halfOfAFile() }))

async function* halfOfAFile(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1 << 20)
  process.stdout.write('halfway')
  await new Promise((resolve) => setTimeout(resolve, 600_000))
}
