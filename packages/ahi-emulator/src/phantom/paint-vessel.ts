import { paintEllipse, type Canvas } from './canvas.ts'
import { tissue } from './tissue.ts'
import type { VesselSegment } from './vessel-tree.ts'

/** The value to paint, and the region to paint in. */
export interface VesselPaint {
  readonly value: number
  readonly isInside: (x: number, y: number) => boolean
}

/** Paints the cross-section of a vessel. Vessels thinner than a pixel are painted faintly. */
export function paintVesselSegment(canvas: Canvas, vessel: VesselSegment, height: number, paint: VesselPaint): void {
  const { start, end, startRadius, endRadius } = vessel
  const rise = end[2] - start[2]
  const reach = Math.max(startRadius, endRadius)
  if (height < Math.min(start[2], end[2]) - reach || height > Math.max(start[2], end[2]) + reach) return
  const length = Math.hypot(end[0] - start[0], end[1] - start[1], rise)
  const steps = Math.ceil(length / 0.8)
  for (let step = 0; step <= steps; step += 1) {
    const part = step / steps
    const radius = startRadius + (endRadius - startRadius) * part
    const above = Math.abs(height - (start[2] + rise * part))
    if (above >= radius) continue
    const half = Math.sqrt(radius * radius - above * above)
    const x = start[0] + (end[0] - start[0]) * part
    const y = start[1] + (end[1] - start[1]) * part
    if (!paint.isInside(x, y)) continue
    const share = Math.min(1, half / 0.9)
    const value = (_distance: number, _x: number, _y: number, before: number): number =>
      Math.max(before, paint.value * share + tissue.lung * (1 - share))
    paintEllipse(canvas, { x, y, halfWidth: Math.max(half, 0.5), halfHeight: Math.max(half, 0.5) }, value)
  }
}
