import { expect, test } from 'vitest'
import * as renderer from '@ahi-dicom/renderer'

test('exports exactly the functions that the README names', () => {
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
