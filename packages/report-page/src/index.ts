/**
 * A page about an export of DICOM instances: one HTML file with studies, series, thumbnails, attributes, failures, checksums and
 * links.
 * @module
 */
export { encodeReport } from './encode-report.ts'
export type { ReportCounts, ReportPageOptions } from './encode-report.ts'
export { pageMark } from './page/frame.ts'
