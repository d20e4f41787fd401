import { estimateCost, estimateSeconds, type PlannedRequests } from '@ahi-dicom/exporter'

/** A data store on paper. */
export interface PaperStore {
  readonly name: string
  readonly imageSets: number
  /** Frames of each image set. */
  readonly frames: number
}

/** CPU time of the product, in milliseconds, of all its threads. */
export interface ServiceTimes {
  /** To search for an image set and to put its job into the queue. */
  readonly submitted: number
  /** To take a job, to read its metadata document and to write the headers of one instance. */
  readonly imageSet: number
  /** To fetch, decode and write a frame of 512 x 512 x 16 bits. */
  readonly frame: number
}

/** Memory of Redis for a job. */
export interface RedisBytes {
  readonly waiting: number
  /** A job that is done stays, so that it is not added again. */
  readonly done: number
}

/** Machines of a fleet. */
interface Machines {
  readonly count: number
  readonly cores: number
  /** Price of one machine for an hour, in US dollars. */
  readonly pricePerHour: number
}

/** Assumptions. */
export interface PaperInput {
  readonly times: ServiceTimes
  readonly machines: Machines
  /** How many times the documented quotas AWS has granted. */
  readonly quotaFactor: number
}

/** Time and cost of a data store. */
export interface PaperResult {
  /** Hours that each part takes alone. They go on beside each other, so that the longest decides. */
  readonly hours: {
    readonly searches: number
    readonly documents: number
    readonly frames: number
    readonly cores: number
  }
  readonly bottleneck: keyof PaperResult['hours']
  readonly totalHours: number
  /** Machines that do as much as the quotas allow. More of them wait. */
  readonly machinesAtQuota: number
  /** Cost of the requests to AHI, in US dollars. */
  readonly requestCost: number
  /** Cost of all machines for the whole time, in US dollars. */
  readonly machineCost: number
  /** Cost of the machines that reach the quotas, in US dollars. */
  readonly leastMachineCost: number
}

/** Image sets that a page of a search has, the most that AHI gives. */
const pageSize = 50

/** Computes what a fleet takes. Latency counts for nothing, as requests wait beside each other. */
export function computeFleet(store: PaperStore, { times, machines, quotaFactor }: PaperInput): PaperResult {
  const requests: PlannedRequests = {
    SearchImageSets: Math.ceil(store.imageSets / pageSize),
    GetImageSetMetadata: store.imageSets,
    GetImageFrame: store.imageSets * store.frames,
  }
  const frames = store.imageSets * store.frames
  const noBytes = { bytes: 0, accuracy: 'exact' } as const
  const { secondsByOperation } = estimateSeconds({ requests, bytesToFetch: noBytes, frames })
  const hoursOf = (operation: string): number => (secondsByOperation[operation] ?? 0) / quotaFactor / 3600
  const cpuHours = (store.imageSets * times.imageSet + frames * times.frame) / 1000 / 3600
  const hours = {
    searches: hoursOf('SearchImageSets'),
    documents: hoursOf('GetImageSetMetadata'),
    frames: hoursOf('GetImageFrame'),
    cores: cpuHours / (machines.count * machines.cores),
  }
  const bottleneck = longest(hours)
  const totalHours = hours[bottleneck]
  const quotaHours = Math.max(hours.searches, hours.documents, hours.frames)
  const machinesAtQuota = Math.max(1, Math.ceil(cpuHours / machines.cores / quotaHours))
  return {
    hours,
    bottleneck,
    totalHours,
    machinesAtQuota,
    requestCost: estimateCost({ requests, bytesToFetch: noBytes, archivedBytes: 0 }).total,
    machineCost: totalHours * machines.count * machines.pricePerHour,
    leastMachineCost: quotaHours * machinesAtQuota * machines.pricePerHour,
  }
}

function longest(hours: PaperResult['hours']): keyof PaperResult['hours'] {
  const names = ['searches', 'documents', 'frames', 'cores'] as const
  return names.reduce((found, name) => (hours[name] > hours[found] ? name : found))
}
