import { archivePart } from './archive.ts'
import { bucketPart } from './bucket.ts'
import { ctPart } from './ct.ts'
import { dicomwebPart } from './dicomweb.ts'
import { headerOnlyPart } from './header-only.ts'
import { lanesPart } from './lanes.ts'
import { latencyPart } from './latency.ts'
import { oneInstancePart } from './one-instance.ts'
import { oneObjectPart } from './one-object.ts'
import { pacsPart } from './pacs.ts'
import type { Part } from './part.ts'
import { volumesPart } from './volumes.ts'
import { pythonModulePart } from './python-module.ts'

/** All parts, in the order of a round. */
export const parts: readonly Part[] = [
  oneInstancePart,
  ctPart,
  dicomwebPart,
  pacsPart,
  pythonModulePart,
  lanesPart,
  headerOnlyPart,
  oneObjectPart,
  latencyPart,
  archivePart,
  bucketPart,
  volumesPart,
]
