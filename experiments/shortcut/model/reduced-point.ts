/**
 * A student as the four numbers that its loss depends on, and gradient descent on them: the population loss knows `v` only
 * by its angle to `v*`, and `a` only by `1.a`, `a.a*` and the length of what is orthogonal to both. A step costs the same
 * for every number of patches and inputs.
 */
import { angleBetween, dot, sum } from './vectors.js';
import type { Teacher, Weights } from './teacher.js';

export class ReducedPoint {
  /** `1/2 E (f - f*)^2`. */
  loss = 0;
  /** Between `v` and `v*`, from 0 to pi. */
  angle = NaN;
  /** `(pi - angle) cos angle + sin angle`. */
  kernel = 0;
  private sine = 0;

  constructor(
    readonly teacher: Teacher,
    angle = 0,
    /** `1.a`. */
    public sum = 0,
    /** `a.a*`. */
    public projection = 0,
    /** Length of the part of `a` that is orthogonal to 1 and `a*`. */
    public rest = 0,
  ) {
    this.turnTo(angle);
    this.updateLoss();
  }

  /** Goes to where `student` is. */
  moveTo(student: Weights, teacherWeights: Weights): this {
    this.turnTo(angleBetween(student.v, teacherWeights.v));
    this.sum = sum(student.a);
    this.projection = dot(student.a, teacherWeights.a);
    const { k, sum: teacherSum, spread } = this.teacher;
    const along = spread === 0 ? 0 : this.alongSpread / spread;
    // Subtracted by vectors: squared lengths would cancel.
    let squares = 0;
    for (let index = 0; index < k; index++) {
      const orthogonal = (teacherWeights.a[index] as number) - teacherSum / k;
      squares += ((student.a[index] as number) - this.sum / k - along * orthogonal) ** 2;
    }
    this.rest = Math.sqrt(squares);
    this.updateLoss();
    return this;
  }

  /** `a.a*` without the share that comes from the sums. */
  get alongSpread(): number {
    return this.projection - (this.sum * this.teacher.sum) / this.teacher.k;
  }

  /** One step of gradient descent with both gradients taken at the point before. */
  step(rateA: number, rateV: number): void {
    const { sum: teacherSum, squaredNorm, k } = this.teacher;
    const { angle, sum, projection, kernel, gradientOfAngle } = this;
    const scale = rateA / (2 * Math.PI);
    this.sum = sum - scale * ((k + Math.PI - 1) * sum - (k + kernel - 1) * teacherSum);
    this.projection =
      projection -
      scale * (sum * teacherSum + (Math.PI - 1) * projection - teacherSum ** 2 - (kernel - 1) * squaredNorm);
    this.rest = Math.abs(this.rest * (1 - scale * (Math.PI - 1)));
    if (rateV !== 0) {
      // v moves along the tangent and is brought back to length 1; beyond v* or -v* the angle is measured from the other side.
      const moved = Math.abs(angle - Math.atan(rateV * gradientOfAngle));
      this.turnTo(moved > Math.PI ? 2 * Math.PI - moved : moved);
    }
    this.updateLoss();
  }

  /** `dL/dangle`; the tangent part of `dL/dv` has this length. */
  get gradientOfAngle(): number {
    return (this.projection * (Math.PI - this.angle) * this.sine) / (2 * Math.PI);
  }

  /** `||dL/da||^2`. */
  get squaredGradientOfA(): number {
    const { k, sum: teacherSum, spread } = this.teacher;
    const ofSum = (k + Math.PI - 1) * this.sum - (k + this.kernel - 1) * teacherSum;
    const ofSpread = (Math.PI - 1) * this.alongSpread - (this.kernel - 1) * spread;
    const ofRest = (Math.PI - 1) * this.rest;
    return (ofSum ** 2 / k + (spread === 0 ? 0 : ofSpread ** 2 / spread) + ofRest ** 2) / (4 * Math.PI ** 2);
  }

  private turnTo(angle: number): void {
    // Most steps of a long run no longer move v, and sine and cosine are most of a step.
    if (angle === this.angle) return;
    this.angle = angle;
    this.sine = Math.sin(angle);
    this.kernel = (Math.PI - angle) * Math.cos(angle) + this.sine;
  }

  private updateLoss(): void {
    const { k, sum: teacherSum, spread } = this.teacher;
    // As a sum of squares of what a lacks, so that a loss near 0 keeps its digits, and what the angle adds.
    const ofSum = this.sum - teacherSum;
    const ofSpread = this.alongSpread - spread;
    const squares =
      ((k + Math.PI - 1) / k) * ofSum ** 2 +
      (Math.PI - 1) * ((spread === 0 ? 0 : ofSpread ** 2 / spread) + this.rest ** 2);
    this.loss = (squares + 2 * (Math.PI - this.kernel) * this.projection) / (4 * Math.PI);
  }
}
