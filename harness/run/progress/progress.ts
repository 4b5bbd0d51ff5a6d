/** Shows a schedule to a person: in place on a terminal, as lines elsewhere, or not at all. */
import type { Job } from '../../kinds/index.js';
import type { WorkerEvent } from '../../store/events.js';
import { monotonicSeconds } from '../local/attempt.js';
import type { SecondsOf } from '../estimate/estimate.js';
import type { ScheduleEvent } from '../schedule/schedule-event.js';
import { divert, LiveRegion, type OutputStream } from './live-region.js';
import { newsOf } from './news.js';
import { ProgressModel } from './progress-model.js';
import { colours, figuresOf, noColours, renderProgress, summary } from './render.js';

export interface Progress {
  tell(event: ScheduleEvent): void;
  /** Takes the picture away; what was told stays. */
  close(): void;
}

export interface ProgressOptions {
  readonly jobs: readonly Job[];
  readonly secondsOf: SecondsOf;
  /** Jobs at once, of those that run beside others. */
  readonly sideBySide: number;
  readonly messages: OutputStream;
  readonly quiet: boolean;
  readonly environment: NodeJS.ProcessEnv;
  /** Between two looks at what workers tell: seldom where a file server has to be asked. */
  readonly readSeconds?: number;
}

const frameMilliseconds = 200;
const lineSeconds = 30;

export function startProgress(options: ProgressOptions): Progress {
  if (options.quiet) return quietProgress(options);
  const { messages, environment } = options;
  const dumb = environment['TERM'] === 'dumb' || environment['CI'] === 'true';
  return messages.isTTY && !dumb ? liveProgress(options) : plainProgress(options);
}

const modelOf = ({ jobs, secondsOf, sideBySide }: ProgressOptions): ProgressModel =>
  new ProgressModel(jobs, secondsOf, sideBySide, monotonicSeconds);

/** Problems only. */
function quietProgress({ messages }: ProgressOptions): Progress {
  return {
    tell: (event) => {
      if (event.type === 'failed' || event.type === 'warning')
        messages.write(
          newsOf(event, undefined, noColours)
            .map((line) => `${line}\n`)
            .join(''),
        );
    },
    close: () => undefined,
  };
}

function liveProgress(options: ProgressOptions): Progress {
  const { messages, environment } = options;
  const paint = environment['NO_COLOR'] ? noColours : colours;
  const model = modelOf(options);
  const region = new LiveRegion(messages, messages.write.bind(messages));
  const undivert = divert(
    [process.stdout, process.stderr].filter((stream) => stream.isTTY),
    region,
  );
  let readAt = -Infinity;
  const draw = () => {
    const now = monotonicSeconds();
    if (now - readAt >= (options.readSeconds ?? 0)) {
      model.read();
      readAt = now;
    }
    region.draw(renderProgress(model.view(), region.width, region.height, paint));
  };
  const timer = setInterval(draw, frameMilliseconds);
  messages.on('resize', draw);
  const close = () => {
    clearInterval(timer);
    messages.off('resize', draw);
    process.off('exit', close);
    undivert();
    region.close();
  };
  // Whatever ends the program, the cursor comes back.
  process.on('exit', close);
  return {
    tell: (event) => {
      model.read();
      const progress = 'job' in event ? model.progressOf(event.job.id) : undefined;
      const news = newsOf(event, progress, paint, region.width);
      model.tell(event);
      region.above(news.map((line) => `${line}\n`).join(''));
      draw();
    },
    close,
  };
}

function plainProgress(options: ProgressOptions): Progress {
  const { messages } = options;
  const model = modelOf(options);
  const line = (text: string) => messages.write(`${new Date().toTimeString().slice(0, 8)} ${text}\n`);
  const lastLine = new Map<string, number>();
  const report = () => {
    for (const { job, event } of model.read()) reportEvent(job, event);
  };
  const reportEvent = (job: Job, event: WorkerEvent) => {
    const now = monotonicSeconds();
    const due = now - (lastLine.get(job.id) ?? now) >= lineSeconds;
    const progress = model.progressOf(job.id);
    const isStep = event.type === 'step' || event.type === 'timed' || event.type === 'tried';
    if (!progress || !((due && isStep) || event.type === 'evaluated')) {
      if (!lastLine.has(job.id)) lastLine.set(job.id, now);
      return;
    }
    lastLine.set(job.id, now);
    line(`${job.title}: ${figuresOf({ progress })}`);
  };
  const timer = setInterval(report, (options.readSeconds ?? 1) * 1000);
  return {
    tell: (event) => {
      report();
      const progress = 'job' in event ? model.progressOf(event.job.id) : undefined;
      model.tell(event);
      if (event.type === 'started') line(`${event.job.title}: attempt ${event.attempt} on ${event.devices}`);
      for (const news of newsOf(event, progress, noColours)) line(news);
      if (event.type === 'done' || event.type === 'failed') line(summary(model.view(), Infinity, noColours).trim());
    },
    close: () => {
      clearInterval(timer);
    },
  };
}
