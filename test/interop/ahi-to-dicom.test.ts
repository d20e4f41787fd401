import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter } from '@ahi-dicom/exporter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runPython } from './comparison.ts'
import { connection, exportKind } from './round-trip.ts'
import { sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { mustSkip } from './tools.ts'

const requirements = { pythonModules: ['AHItoDICOMInterface', 'pydicom', 'openjpeg'], excuse: sharedFilesMissing() }

describe.skipIf(mustSkip('the Python module AHItoDICOM against the emulator', requirements))(
  'the Python module AHItoDICOM against the emulator',
  () => {
    let folder: string

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ahi-to-dicom-'))
    })

    afterAll(() => rm(folder, { recursive: true, force: true }))

    test('rebuilds a CT series as we do', async () => {
      await using emulator = await startEmulator({ data: join(folder, 'ahi') })
      await using exporter = createExporter(connection(emulator.endpoint))
      const { datastoreId, endpoint } = emulator
      const { imageSets } = await emulator.importDicom(join(sharedDicom, 'pydicom/dicomdirtests/98892001/CT5N'))
      const directory = join(folder, 'export')
      await exportKind(exporter, datastoreId, directory, 'explicit')
      const parameters = [endpoint, datastoreId, imageSets[0]?.imageSetId ?? '', directory, join(folder, 'theirs')]
      const result = await runPython('ahi_to_dicom.py', parameters, { env: pythonEnvironment, timeout: 120_000 })
      expect(result).toMatchObject({ differences: [] })
      expect(result).toHaveProperty('instances.length', 5)
    })
  },
)

/** AHItoDICOM hands on no secret key, region or host-prefix setting, so botocore has to find them here. */
const pythonEnvironment = {
  ...process.env,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
}
