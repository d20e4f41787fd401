/**
 * Writes what import jobs of the suite read, to be put where REMOTE_INPUT_S3_URI says.
 *
 * node --conditions=@ahi-dicom/source test/conformance/write-input.ts FOLDER
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLIENTS } from './clients/client.ts'
import { inputFiles } from './input-files.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new TypeError('Expected the name of a folder')
for (const client of CLIENTS) {
  await mkdir(join(folder, client), { recursive: true })
  for (const { name, bytes } of inputFiles(client)) await writeFile(join(folder, client, name), bytes)
}
