/** The bodies of all frames, fetched and dropped: node bare-fetch.ts FRAMES.json */
import { readFileSync } from 'node:fs'
import { fetchFrames } from './fetch-frames.ts'
import { endWork, startWork } from './report-usage.ts'

const frames = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
startWork()
await fetchFrames(frames, () => {})
endWork()
