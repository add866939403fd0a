import { useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "@/lib/http/problem";
import { dryRun, type Reached } from "../../api/lifecycle";
import { type DryRun, nothing } from "../../model/dryRun";
import type { LifecycleRule } from "../../model/lifecycle";

/** How far a dry run is. `stopped`: the bucket was looked at in part, and there may be more. */
export type Phase = "running" | "done" | "stopped" | "failed";

export interface Trial {
  phase: Phase;
  found: DryRun;
  problem: Problem | undefined;
  stop: () => void;
  again: () => void;
}

/** Tries rules on the bucket from when it is first drawn; undefined: there is nothing to try. They must not change. */
export function useDryRun(bucket: string, rules: readonly LifecycleRule[] | undefined): Trial {
  const [start] = useState(rules);
  const [round, setRound] = useState(0);
  const [phase, setPhase] = useState<Phase>(start === undefined ? "done" : "running");
  const [found, setFound] = useState(nothing);
  const [problem, setProblem] = useState<Problem>();
  const running = useRef<AbortController>(undefined);
  const reached = useRef<Reached>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round goes on where the last one failed
  useEffect(() => {
    if (start === undefined) return;
    const control = new AbortController();
    running.current = control;
    setPhase("running");
    setProblem(undefined);
    void (async () => {
      try {
        for await (const step of dryRun(bucket, start, reached.current, control.signal)) {
          if (control.signal.aborted) return;
          reached.current = step;
          setFound(step.found);
        }
        setPhase("done");
      } catch (thrown) {
        if (control.signal.aborted) return;
        setProblem(asProblem(thrown));
        setPhase("failed");
      }
    })();
    return () => control.abort();
  }, [bucket, start, round]);
  return {
    phase,
    found,
    problem,
    stop: () => {
      running.current?.abort();
      setPhase("stopped");
    },
    again: () => setRound((n) => n + 1),
  };
}
