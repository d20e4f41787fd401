import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { recordNames, verifyExport } from '@ahi-dicom/export-files'
import { createExporter } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { expect, test } from 'vitest'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { exportedFiles, temporaryFolder } from './doubles/lane-store.ts'

test.each(['resume', 'overwrite'] as const)(
  'a run that was killed before its manifest leaves nothing: %s',
  async (mode) => {
    await using folder = await temporaryFolder()
    const destination = folderDestination({ directory: folder.path })
    const client = clientDouble([makeImageSet({ imageSetId: 'a'.repeat(32), instances: { '1.1': {} } })])
    await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
    const job = { datastoreId, selectors: 'all', destination } as const
    await exporter.exportTo(job)
    for (const name of [recordNames.manifest, recordNames.summary, recordNames.flushed])
      await rm(join(folder.path, name))
    for (const path of exportedFiles(folder.path).keys()) await rm(join(folder.path, path))
    await writeFile(join(folder.path, '.flushed.json.0123456789ab.part'), '{')
    expect(await exporter.exportTo({ ...job, mode })).toMatchObject({ outcome: 'complete' })
    const problems: unknown[] = []
    for await (const event of verifyExport(destination)) if (event.kind === 'problem') problems.push(event)
    expect(problems).toEqual([])
  },
)
