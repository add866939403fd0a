package s3xml

// Payment says who pays for requests.
type Payment struct{ Payer string }

func (d *Payment) encode(e *encoder) {
	e.root("RequestPaymentConfiguration", func() { e.text("Payer", d.Payer) })
}

// DecodePayment reads a RequestPaymentConfiguration. The payer is BucketOwner or Requester.
func DecodePayment(body []byte) (Payment, error) {
	payer, err := choice(body, "RequestPaymentConfiguration", "Payer", "BucketOwner", "Requester")
	return Payment{Payer: payer}, err
}

// Acceleration says whether a bucket has transfer acceleration.
type Acceleration struct{ Status string } // empty when it never had

func (d *Acceleration) encode(e *encoder) {
	e.root("AccelerateConfiguration", func() { e.some("Status", d.Status) })
}

// DecodeAcceleration reads an AccelerateConfiguration. The status is Enabled or Suspended.
func DecodeAcceleration(body []byte) (Acceleration, error) {
	status, err := choice(body, "AccelerateConfiguration", "Status", "Enabled", "Suspended")
	return Acceleration{Status: status}, err
}

// choice reads a document with one element, which is one of two words.
func choice(body []byte, name, element, one, other string) (text string, err error) {
	root, err := parse(body, name)
	if err != nil {
		return "", err
	}
	var seen bool
	err = root.each(map[string]func(*node) error{element: into(&text, &seen)})
	if err == nil && text != one && text != other {
		err = ErrMalformed
	}
	return text, err
}
