/**
 * `npm run pictures`: writes the pictures of docs/images from a real export of a generated study. It needs `script` of
 * util-linux and Chromium.
 */
import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { photographPage } from './photograph-page.ts'
import { recordCommands } from './record-commands.ts'
import { linesOnTerminal } from './terminal-screen.ts'
import { terminalSvg } from './terminal-svg.ts'

const columns = 96
const lines = [
  'ahi-dicom export --all --out ./study --format dcm,png',
  'ahi-dicom verify ./study',
  'ahi-dicom report ./study',
]
const images = fileURLToPath(new URL('../../docs/images/', import.meta.url))
const command = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))

const folder = await mkdtemp(join(tmpdir(), 'pictures-'))
try {
  await using ahi = await startEmulator()
  await ahi.importDicom(Array.from(generateStudy({ ctSlices: 240, ultrasoundFrames: 24 }), ({ data }) => data))
  const { PATH, HOME } = process.env
  const outputs = await recordCommands(lines, {
    cwd: folder,
    columns,
    env: {
      PATH,
      HOME,
      TERM: 'xterm-256color',
      AWS_ENDPOINT_URL_MEDICAL_IMAGING: ahi.endpoint,
      AHI_DATASTORE_ID: ahi.datastoreId,
    },
    runs: (line) => line.replace(/^ahi-dicom/, `'${process.execPath}' '${command}'`),
  })
  const svg = terminalSvg(linesOnTerminal(outputs), { title: lines.join(', '), columns })
  await writeFile(join(images, 'export.svg'), svg)
  // The study is generated: it has no patient.
  const page = join(folder, 'page.html')
  await promisify(execFile)(process.execPath, [
    command,
    'report',
    join(folder, 'study'),
    '--out',
    page,
    '--with-patient-data',
  ])
  await photographPage(page, join(images, 'report.png'))
} finally {
  await rm(folder, { recursive: true, force: true })
}
