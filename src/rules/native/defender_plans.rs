//! The Defender plans that a deployment sets, looked at together.

use std::rc::Rc;

use rulefile::FAILED;

use crate::azure::DEFENDER_PLANS;
use crate::eval::{Instance, Value};
use crate::model::{Lookup, Split};
use crate::rules::answer::{Answer, CheckInput, Miss};

/// A deployment that turns plans on must also set the one for containers. This is reported once, at the first plan that
/// is on.
pub(super) fn containers_plan_missing(input: &CheckInput<'_, '_, '_>) -> Result<Answer, Split> {
    let mut unknown = Vec::new();
    let eval = input.model.eval;
    let is_this = |other: &Instance| Rc::ptr_eq(&other.resource, &input.instance.resource);
    let this_at = input.model.of_type(DEFENDER_PLANS).position(is_this);
    for (at, other) in input.model.of_type(DEFENDER_PLANS).enumerate() {
        if is_this(other) || !input.world.is_true(other.condition)? {
            continue;
        }
        let name = input.world.settle(eval.full_name(&other.resource))?;
        match eval.known(&name) {
            Value::Str(name) if name.eq_ignore_ascii_case("Containers") => return Ok(Answer::Yes),
            Value::Str(_) => {
                let other = CheckInput { model: input.model, world: input.world, instance: other };
                let tier = other.lookup(&["properties", "pricingTier"])?;
                let is_standard = |tier: &Value| matches!(eval.known(tier), Value::Str(tier) if tier.eq_ignore_ascii_case("Standard"));
                let is_on = matches!(&tier, Lookup::Value(tier) if is_standard(tier));
                if is_on && Some(at) < this_at {
                    return Ok(Answer::Yes);
                }
            }
            _ => unknown.push(eval.reify(&name)),
        }
    }
    unknown.extend(input.model.not_followed());
    Ok(if unknown.is_empty() { Miss::new(&["name"], FAILED).into() } else { Answer::Unknown(unknown) })
}
