import { expect, test } from 'vitest'
import * as renderer from '@ahi-dicom/renderer'

test('exports what the README names, and no more', () => {
  expect(Object.keys(renderer).sort()).toEqual([
    'PictureError',
    'RenderError',
    'createFrameRenderer',
    'createPngEncoder',
    'describeImage',
    'encodePicture',
    'encodePng',
    'expandSegmentedLookupTable',
    'fittingSize',
    'greyRange',
    'isShownByRange',
    'noSuchFrame',
    'pictureCount',
    'renderFrame',
    'scalePicture',
  ])
})
