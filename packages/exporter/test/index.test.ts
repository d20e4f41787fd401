import * as exporter from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'

test('exports what it says', () => {
  expect(Object.keys(exporter).sort()).toEqual([
    'ExporterClosedError',
    'FileNotReportedError',
    'FilterError',
    'ImageSetNotReplacedError',
    'InstanceLossError',
    'LaneError',
    'NothingSelectedError',
    'PricesError',
    'SelectorError',
    'WholeInstanceError',
    'cacheDocuments',
    'createExporter',
    'describeSelection',
    'equalsFilter',
    'estimateCost',
    'estimateSeconds',
    'excludeFilter',
    'formatSelector',
    'parseFilter',
    'parsePrices',
    'parseSelector',
    'publishedPrices',
    'readSelector',
  ])
})
