//! Conditions on the way: the literals that give them their answers.

use super::{End, Flag, MOST_STEPS, TraceStep, Tracer};
use crate::eval::{FrameId, FrameInputs, Scope};
use crate::source::{IdSet, Span, Str};
use crate::template::{ExprId, ExprKind, ParamId, Piece};

impl Tracer<'_, '_, '_> {
    /// Notes which branch `conditional` takes, and returns whether the `skipped` one has what is looked for.
    pub(super) fn push_branch(
        &mut self,
        scope: &Scope,
        conditional: Span,
        (condition, is_true): (ExprId, bool),
        skipped: ExprId,
        path: &[Str],
    ) -> bool {
        let eval = self.world.eval;
        let would_have = self.has(scope, skipped, path);
        let mut flags = Vec::new();
        self.flags(scope, condition, is_true, &mut flags, &mut IdSet::default());
        if let ExprKind::Param(id) = eval.frame(scope.frame).template.expr(condition).kind {
            let uses = eval.frame(scope.frame).template.params.get(id.0 as usize).map_or(0, |param| param.uses);
            for flag in &mut flags {
                flag.dedicated = uses == 1;
            }
        }
        let condition = eval.span_of(scope.frame, condition);
        self.steps.push(TraceStep::Branch { conditional, condition, would_have, flags });
        would_have
    }

    /// The literals that make `expr` be `wanted`; each expression is looked at once.
    pub(super) fn flags(
        &self,
        scope: &Scope,
        expr: ExprId,
        wanted: bool,
        found: &mut Vec<Flag>,
        seen: &mut IdSet<(FrameId, ExprId)>,
    ) {
        if seen.len() >= MOST_STEPS || !seen.insert((scope.frame, expr)) {
            return;
        }
        let eval = self.world.eval;
        let frame = eval.frame(scope.frame);
        match &frame.template.expr(expr).kind {
            ExprKind::Param(id) => found.extend(self.flag(scope, *id)),
            ExprKind::Variable(id) => {
                if let Some(variable) = frame.template.variables.get(id.0 as usize) {
                    self.flags(&Scope { frame: scope.frame, env: None }, variable.value, wanted, found, seen);
                }
            }
            ExprKind::Chain { base, .. } => self.flags(scope, *base, wanted, found, seen),
            ExprKind::Interpolation(pieces) => {
                for piece in pieces {
                    if let Piece::Hole(hole) = piece {
                        self.flags(scope, *hole, wanted, found, seen);
                    }
                }
            }
            kind => {
                let Some((name, args)) = kind.builtin() else { return };
                let all = match &**name {
                    "and" => wanted,
                    "or" => !wanted,
                    _ => true,
                };
                let wanted = wanted != (&**name == "not");
                if all {
                    args.iter().for_each(|arg| self.flags(scope, *arg, wanted, found, seen));
                    return;
                }
                // One of them is enough: the one with the fewest flags.
                let answers = |arg: &&ExprId| {
                    let is_true = eval.condition(&eval.eval(scope, **arg));
                    self.world.is_true(is_true).ok() == Some(wanted)
                };
                let answering = args.iter().filter(answers).map(|arg| {
                    let mut flags = Vec::new();
                    self.flags(scope, *arg, wanted, &mut flags, seen);
                    flags
                });
                found.extend(answering.filter(|flags| !flags.is_empty()).min_by_key(Vec::len).unwrap_or_default());
            }
        }
    }

    /// The literal that gives a parameter its value.
    fn flag(&self, scope: &Scope, id: ParamId) -> Option<Flag> {
        let frame = self.world.eval.frame(scope.frame);
        let param = frame.template.params.get(id.0 as usize)?;
        let at = param.name_range.in_file(frame.template.file);
        let mut walker = Tracer::new(self.world, false, self.left);
        match walker.param(scope, id, at, &[]) {
            End::Literal { at, text } => {
                let (default, call) = match walker.steps.last() {
                    Some(TraceStep::Default { call, .. }) => (true, *call),
                    _ => (false, None),
                };
                let by = match &frame.inputs {
                    FrameInputs::Call { by } => Some(by.clone()),
                    _ => None,
                };
                let by = by.filter(|_| call.is_some());
                Some(Flag { name: param.name.clone(), literal: at, text, default, call, by, dedicated: false })
            }
            _ => None,
        }
    }

    /// Notes the condition by which `expr` does not have what its other branch has.
    pub(super) fn note_skipped(&mut self, scope: &Scope, expr: ExprId, path: &[Str]) {
        let eval = self.world.eval;
        let frame = eval.frame(scope.frame);
        match &frame.template.expr(expr).kind {
            ExprKind::If { condition, then, otherwise } => {
                let is_true = eval.condition(&eval.eval(scope, *condition));
                if let Ok(is_true) = self.world.is_true(is_true) {
                    let skipped = if is_true { *otherwise } else { *then };
                    if self.has(scope, skipped, path) {
                        self.push_branch(scope, eval.span_of(scope.frame, expr), (*condition, is_true), skipped, path);
                    }
                }
            }
            ExprKind::Variable(id) => {
                if let (Some(variable), Some(left)) =
                    (frame.template.variables.get(id.0 as usize), self.left.checked_sub(1))
                {
                    self.left = left;
                    self.note_skipped(&Scope { frame: scope.frame, env: None }, variable.value, path);
                }
            }
            _ => {}
        }
    }
}
