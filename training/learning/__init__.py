"""What a learner does: lessons, situations, attempts, completion, signature, certificate."""
