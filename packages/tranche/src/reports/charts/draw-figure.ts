import { drawCurve, drawLorenz } from './curve.ts'
import { drawDensity } from './density.ts'
import { drawBars, drawDots } from './dots.ts'
import type { FigureData } from './figure-data.ts'
import { drawFlowFigure } from './flows.ts'
import { drawTiles, drawTriangle } from './grids.ts'
import { drawStack } from './stack.ts'

/** The SVGs of a figure at a width, one below the other; none where nothing may be shown. */
export function drawFigure(data: FigureData, width: number): readonly string[] {
  const drawn = (): readonly string[] => {
    switch (data.figure.kind) {
      case 'dots':
        return [drawDots(data, width)]
      case 'bars':
        return [drawBars(data, width)]
      case 'curve':
        return [drawCurve(data, width)]
      case 'density':
        return [drawDensity(data, width)]
      case 'lorenz':
        return [drawLorenz(data, width)]
      case 'stack':
        return [drawStack(data, width)]
      case 'flows':
        return [drawFlowFigure(data, width)]
      case 'triangle':
        return [drawTriangle(data, width)]
      case 'tiles':
        return [drawTiles(data, width), drawDots(data, width)]
    }
  }
  return drawn().filter((svg) => svg !== '')
}
